package judgment

// Mark is the judgment of a Log of a Run that counts. Logs and datapoints are numbers of the store.
type Mark struct {
	Log       int64
	Datapoint int64 // that the Log was made for; 0 for none
	Judgment
}

// Marks are those of a Run, by the version of the Evaluator, in no certain order.
type Marks map[string][]Mark

// cluster is what an Evaluator made of the Logs of one datapoint.
type cluster struct {
	datapoint int64 // 0 for a Log without one
	log       int64 // the first
	sum       float64
	logs      int
}

func (c *cluster) mean() float64 { return c.sum / float64(c.logs) }

// clusters puts the scores of each datapoint together.
func (s *scale) clusters(marks []Mark) []cluster {
	out := make([]cluster, 0, len(marks))
	at := make(map[int64]int, len(marks))
	for i := range marks {
		m := &marks[i]
		score, ok := s.score(&m.Judgment)
		if !ok {
			continue
		}
		place, known := at[m.Datapoint]
		if !known || m.Datapoint == 0 {
			place = len(out)
			at[m.Datapoint] = place
			out = append(out, cluster{datapoint: m.Datapoint, log: m.Log})
		}
		out[place].log = min(out[place].log, m.Log)
		out[place].sum += score
		out[place].logs++
	}
	return out
}

// means are those of the clusters, and logs the number of Logs in them.
func means(clusters []cluster) (means []float64, logs int) {
	means = make([]float64, len(clusters))
	for i := range clusters {
		means[i] = clusters[i].mean()
		logs += clusters[i].logs
	}
	return means, logs
}
