"""The page at `/`: a small honest client of the public contract; it owns no tables and knows no other room."""
