"""The user's own heads: OBJ folders and glTF, and the table that maps their shapes."""
