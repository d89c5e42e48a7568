"""The real drivers, the only code that imports pyscard, pyserial, smbus2, RPi or evdev."""
