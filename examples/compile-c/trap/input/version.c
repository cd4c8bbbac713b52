const char version[] = "sha256 1.0, built " __DATE__ " " __TIME__;
