# SPDX-License-Identifier: GPL-2.0-or-later
# The judge of gate-layers: who knows whom, against the floors, and who goes in circles.
# Copyright (C) 2026 the dumpflt authors
#
# Usage: awk -f layers.awk FLOORS FILES ARROWS, tables with tabs:
#
#	FLOORS	floor, pattern of its files, floors it may know; lowest first
#	FILES	each file that has to stand on a floor
#	ARROWS	include or symbol, from, to, line number or name of the symbol
#
# A finding is a line; what explains it follows in lines that begin with a space.

# "dir/" is everything below dir. A "*" does not match a slash
function as_regex(pattern)
{
	gsub(/[.+]/, "\\\\&", pattern)
	gsub(/\*/, "[^/]*", pattern)
	return "^" pattern (pattern ~ /\/$/ ? "" : "$")
}

# The row of the longest pattern; sets place[file], too
function floor_of(file,    i, best)
{
	if (file in floor)
		return floor[file]
	best = 0
	for (i = 1; i <= rows; i++)
		if (file ~ regex[i] && (!best || length(pattern[i]) > length(pattern[best])))
			best = i
	# each folder that "*/" stands for is a floor of its own
	place[file] = best ? name[best] : ""
	if (best && pattern[best] ~ /\*\/$/ && match(file, regex[best]))
		place[file] = substr(file, 1, RLENGTH)
	used[best] = 1
	return floor[file] = (best ? name[best] : "")
}

function may_know(from, to)
{
	if (floor_of(from) == floor_of(to) && place[from] == place[to])
		return 1
	return (floor_of(from), floor_of(to)) in knows
}

function walk(kind, start, node,    i, all, n)
{
	n = split(next_of[kind, node], all, "\t")
	for (i = 1; i <= n; i++)
		if (!((kind, start, all[i]) in reach)) {
			reach[kind, start, all[i]] = 1
			walk(kind, start, all[i])
		}
}

function print_circle(kind, members, n,    i, j, line)
{
	line = n " " (kind == "symbol" ? "objects call" : "headers include") " each other in a circle:"
	for (i = 1; i <= n; i++)
		line = line " " members[i]
	print line
	for (i = 1; i <= n; i++)
		for (j = 1; j <= n; j++)
			if ((kind, members[i], members[j]) in why)
				print "    " members[i] " -> " members[j] ":" why[kind, members[i], members[j]]
}

function find_circles(kind,    i, j, n, members, seen)
{
	for (i = 1; i <= nodes; i++)
		walk(kind, node[i], node[i])
	for (i = 1; i <= nodes; i++) {
		if (node[i] in seen || !((kind, node[i], node[i]) in reach))
			continue
		n = 0
		for (j = 1; j <= nodes; j++)
			if ((kind, node[i], node[j]) in reach && (kind, node[j], node[i]) in reach) {
				members[++n] = node[j]
				seen[node[j]] = 1
			}
		print_circle(kind, members, n)
	}
}

function add_node(file)
{
	if (!(file in is_node)) {
		is_node[file] = 1
		node[++nodes] = file
	}
}

BEGIN { FS = "\t" }

FILENAME == ARGV[1] {
	rows++
	name[rows] = $1
	pattern[rows] = $2
	regex[rows] = as_regex($2)
	n = split($3, all, " ")
	for (i = 1; i <= n; i++) {
		if (!(all[i] in below))
			print "floor " $1 ": may know " all[i] ", which is no floor below it"
		knows[$1, all[i]] = 1
	}
	# a floor with several patterns has its rows one after the other
	if (rows > 1 && $1 in below && name[rows - 1] != $1)
		print "floor " $1 ": twice in the table"
	previous[rows] = $1
	below[$1] = 1
	next
}

FILENAME == ARGV[2] {
	if (floor_of($1) == "")
		print $1 ": stands on no floor"
	next
}

{
	add_node($2)
	add_node($3)
	if (!(($1, $2, $3) in why)) {
		next_of[$1, $2] = next_of[$1, $2] (next_of[$1, $2] == "" ? "" : "\t") $3
		why[$1, $2, $3] = ""
	}
	why[$1, $2, $3] = why[$1, $2, $3] " " $4
	if (!may_know($2, $3)) {
		if ($1 == "include")
			print $2 ":" $4 ": " floor_of($2) " may not know " floor_of($3) ": includes " $3
		else
			print $2 ": " floor_of($2) " may not know " floor_of($3) ": uses " $4 " of " $3
	}
}

END {
	for (i = 1; i <= rows; i++)
		if (!(i in used))
			print "floor " name[i] ": no file matches " pattern[i]
	find_circles("symbol")
	find_circles("include")
}
