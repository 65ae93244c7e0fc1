#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-or-later
# Part of gate-docs: which messages in the sources are not in a document.
# Copyright (C) 2026 the dumpflt authors
#
# Usage: messages.pl DOCUMENT SOURCE...
use strict;
use warnings;

sub contents
{
	my ($name) = @_;

	open(my $file, '<', $name) or die "reading failed on '$name': $!\n";
	local $/ = undef;
	return <$file>;
}

# Without what printf() puts in, and without the lines of advice
sub parts
{
	my ($text) = @_;

	$text =~ s/\\n.*//s;
	$text =~ s/\\"/"/g;
	return grep { length >= 8 } map { s/^\s+|\s+$//gr }
		split(/%[-+ #0]*[0-9*]*(?:\.[0-9*]+)?(?:hh|h|ll|l|z|j|t)?[a-zA-Z%]/, $text);
}

my $document = contents(shift);
for my $name (@ARGV) {
	my $source = contents($name);

	# what stands in a comment keeps its lines
	$source =~ s{/\*.*?\*/}{"\n" x ($& =~ tr/\n//)}gse;
	while ($source =~ /\b(report_failure|dumpflt_fail|dumpflt_note|dumpflt_explain|problem|take_stranger)\s*(\((?:[^()"]|"(?:\\.|[^"\\])*"|(?2))*\))/gs) {
		my ($who, $call, $line) = ($1, $2, 1 + (substr($source, 0, $-[0]) =~ tr/\n//));
		my @texts;

		while ($call =~ /((?:"(?:\\.|[^"\\])*"\s*)+)/gs) {
			my $text = $1 =~ s/"\s*"//gsr;
			push(@texts, $text =~ s/^"|"\s*$//gsr);
		}
		shift(@texts) if $who eq 'report_failure' && @texts > 1;
		for my $text (@texts) {
			for my $part (parts($text)) {
				next if $part !~ /\w \w/ || index($document, $part) >= 0;
				print("$name:$line: Documentation/errors.md does not have '$part'\n");
			}
		}
	}
}
