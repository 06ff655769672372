module github.com/openloop-server/openloop/faults

go 1.26
