"""What any regulation needs; knows no clause and no template."""
