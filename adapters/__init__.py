"""Everything that knows a vendor's wire format: one folder a platform, none knows another."""
