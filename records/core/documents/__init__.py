"""Evidence files: kept by their content, told by their bytes, referred to by forms."""
