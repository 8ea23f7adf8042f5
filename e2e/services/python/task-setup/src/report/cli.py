import humanize


def main():
    print("report:", humanize.intcomma(1234567))
