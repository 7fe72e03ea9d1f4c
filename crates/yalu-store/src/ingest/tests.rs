//! Files in, a store out.
