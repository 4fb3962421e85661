"""Procedures. Each workflow reads like its SOP; waiting for people exists once, in `case.py`."""
