"""The command `understudy animate`: one take, or every picture with every clip."""
