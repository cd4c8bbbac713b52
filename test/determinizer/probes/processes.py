import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor, as_completed


def work(number):
    return number, os.getpid(), sum(step * step for step in range(3000 * (number % 5 + 1)))


if __name__ == "__main__":
    with ThreadPoolExecutor(4) as pool:
        print([done.result()[0] for done in as_completed([pool.submit(work, number) for number in range(40)])])
    with multiprocessing.Pool(3) as pool:
        print(list(pool.imap_unordered(work, range(20))))
