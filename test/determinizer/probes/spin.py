import threading

flag = []
thread = threading.Thread(target=lambda: flag.append(1))
thread.start()
while not flag:
    pass
thread.join()
print("done")
