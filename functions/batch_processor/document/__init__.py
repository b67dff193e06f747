"""What people write as JSON, and how they are told what is wrong with it."""
