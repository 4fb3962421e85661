"""Parts of a batch's disposition: analysis, investigations, holds."""
