.PHONY: check test fuzz samples golden bench

check:  ## lint, formatting, types, checked-in samples
	ruff check .
	ruff format --check .
	mypy
	python samples/make.py --check

test:  ## all tests, on all cores
	python -m pytest -n auto

fuzz:  ## 100,000 arbitrary and mutated answers through everything after the model; hours on few cores
	python -m tests.fuzz

samples:  ## make the sample documents anew
	python samples/make.py

golden:  ## rewrite the golden files and the schema; look at the difference before you commit it
	python tests/regenerate.py

bench:  ## the comparisons of the README; they need ../shared/corpus
	python benchmarks/quality.py
	python benchmarks/speed.py --repeats 1
	python benchmarks/robust.py --jobs 2
	python benchmarks/exports.py
