from datetime import date, datetime, timedelta, timezone


def evaluate(log):
    start = datetime.fromisoformat(log["start_time"])
    end = datetime.fromisoformat(log["end_time"])
    took = end - start
    monday = start.date() - timedelta(days=start.weekday())
    return {"seconds": took.total_seconds(), "text": str(took), "late": took > timedelta(seconds=2), "monday": monday.isoformat(),
            "utc": start.astimezone(timezone.utc).isoformat(), "said": start.strftime("%A, %d %B %Y at %H:%M:%S"), "week": start.isocalendar()[1],
            "leap": (date(2024, 3, 1) - date(2024, 2, 1)).days, "parsed": datetime.strptime("2024-02-29 23:59", "%Y-%m-%d %H:%M").isoformat()}
