"""The product quality review: what its tables and plots are made of (EU GMP 1.10; 21 CFR 211.180(e))."""
