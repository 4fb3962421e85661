"""The application, signing in, signatures, and the routes made from forms."""
