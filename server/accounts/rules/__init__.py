"""Pure rules of the accounts room: no framework, no database."""
