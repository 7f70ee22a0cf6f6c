"""The availability room's REST edge: count, parse, ONE action or query, shape. Who may do it is asked inside."""
