# make run    the studio on the demo clip (offscreen, with pictures and a film, where there is no display)
# make test   all tests; make check adds linters, types, import contracts and the slow groups
# make deps   the system libraries that Qt, VTK and the real-window tests need (Debian, Ubuntu)

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed

LIBRARIES := libEGL.so.1 libGL.so.1 libOpenGL.so.0 libxkbcommon-x11.so.0 libxcb-cursor.so.0 \
	libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1 libxcb-render-util.so.0 \
	libxcb-shape.so.0 libxcb-xkb.so.1 libdbus-1.so.3 libfontconfig.so.1 libglib-2.0.so.0 libXrender.so.1
PACKAGES := libegl1 libgl1 libopengl0 libgl1-mesa-dri libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 \
	libxcb-image0 libxcb-keysyms1 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libdbus-1-3 \
	libfontconfig1 libglib2.0-0 libxrender1 fonts-inter xvfb python3-venv

# Tests share one cache of their own, so that the head is built once and nothing of a person's is used.
test check: export TELL_CACHE_DIR := $(CURDIR)/build/test-cache

.PHONY: run test check deps bench clean

run: $(STAMP)
	$(PY) main.py demo

test: $(STAMP)
	$(PY) -m pytest tests/pipeline -p no:pytest-qt -n 2 -q -m "not slow"
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest tests/app -n 2 -q -m "not slow"
	xvfb-run -a -s "-screen 0 1600x1000x24" $(PY) -m pytest tests/window -q -m "window and not slow"

check: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(MAKE) test
	$(PY) -m pytest tests/pipeline -p no:pytest-qt -q -m slow
	QT_QPA_PLATFORM=offscreen $(PY) -m pytest tests/app -q -m slow

bench: $(STAMP)
	$(PY) main.py bench

$(STAMP): pyproject.toml | deps
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(PY) -m pip install --quiet --upgrade pip
	$(PY) -m pip install --quiet -e '.[dev]'
	touch $@

deps:
	@missing=; \
	have=$$(/sbin/ldconfig -p 2>/dev/null); \
	for so in $(LIBRARIES); do case "$$have" in *"$$so"*) ;; *) missing="$$missing $$so";; esac; done; \
	command -v xvfb-run >/dev/null || missing="$$missing xvfb-run"; \
	fc-list 2>/dev/null | grep -q . || missing="$$missing fonts"; \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || missing="$$missing python3-venv"; \
	if [ -n "$$missing" ] && [ "$$(uname -s)" = Linux ]; then \
		echo "Missing on this system:$$missing"; \
		if ! command -v apt-get >/dev/null; then \
			echo "Install them with your system's package manager."; exit 1; \
		elif [ "$$(id -u)" = 0 ]; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PACKAGES); \
		elif sudo -n true 2>/dev/null; then \
			sudo apt-get update -qq && sudo DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $(PACKAGES); \
		else \
			echo "Run this once, then make again:"; \
			echo "  sudo apt-get install $(PACKAGES)"; exit 1; \
		fi; \
	fi

clean:
	rm -rf $(VENV) out build *.egg-info
