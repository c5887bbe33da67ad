"""The only code that knows the SDKs, the call store and the embedded engine."""
