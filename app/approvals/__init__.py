"""What programs and agents ask people without a definition of their own."""
