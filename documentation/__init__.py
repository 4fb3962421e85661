"""The reference pages of the documentation, written from the code that they describe.

`python -m documentation` writes them, `python -m documentation --check` compares them with what is committed.
"""
