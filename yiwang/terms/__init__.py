"""The table of terms and what runs already: what another table would change, and the order that it shall."""
