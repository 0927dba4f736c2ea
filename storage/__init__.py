"""Everything that knows SQL: tables, migrations, records, the vault of keys and identities."""
