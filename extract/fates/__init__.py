"""What is said of one man → sought, captured, returned, alive, dead, or taken back."""
