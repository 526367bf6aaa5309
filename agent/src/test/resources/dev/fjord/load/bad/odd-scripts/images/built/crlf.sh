#!/bin/sh
set -eu
