package store_test

const crashFolder = "OPENLOOP_TEST_CRASH"

func crashChild(string) {}
