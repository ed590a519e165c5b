"""Views: the character from the front, from behind and from its sides."""
