

# What follows is Taipan's: keys from passwords without OpenSSL.

if _hashlib is None:
    from _taipan_kdf import pbkdf2_hmac, scrypt
    __all__ += ("pbkdf2_hmac",)
