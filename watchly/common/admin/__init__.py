"""What every page of the back office is made of: bounded counts, lists, and pickers that know their labels."""
