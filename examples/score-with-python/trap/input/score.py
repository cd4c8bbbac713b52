import datetime
import json
import pathlib

words = set(pathlib.Path("/input/text.txt").read_text().lower().split())
print(json.dumps({"at": datetime.datetime.now().isoformat(), "longest": [word for word in words if len(word) > 8]}))
