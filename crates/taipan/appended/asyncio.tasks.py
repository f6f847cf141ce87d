

# What follows is Taipan's: the class is shown as the one of the native module.

Task.__module__ = "_asyncio"
