"""Storage of the room: tables, engine, migrations. The rules of design §3 are constraints and triggers in here."""
