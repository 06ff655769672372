package datacsv

import "github.com/openloop-server/openloop/internal/file"

// Read reads the datapoints of a file, in the order of its rows. Errors: those of [Rows].
func Read(data []byte) ([]file.Datapoint, error) {
	var points []file.Datapoint
	for d, err := range Rows(data) {
		if err != nil {
			return nil, err
		}
		points = append(points, d)
	}
	return points, nil
}
