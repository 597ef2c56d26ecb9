"""What is measured on the head: bases for tracking, dense motion, self-checks."""
