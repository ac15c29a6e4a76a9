"""Accounts: sign-in with Supabase, its tokens in the system's keyring. The only room that imports either of them.

Guest by default: without a configured service, or without having signed in, nothing here does anything.
"""
