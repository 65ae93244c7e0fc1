# SPDX-License-Identifier: GPL-2.0-or-later
#
# completed.zsh: what zsh completes for each line of standard input, as "LINE: WORD WORD ...".
# The folder with _dumpflt is the argument. A terminal is what completion works on, so there is one.
#
# Copyright (C) 2026 the dumpflt authors

zmodload zsh/zpty || exit
setopt extendedglob

zpty inner zsh -f -i
inside()
{
	zpty -w inner "$1"
}

# Every word that is offered is told; those that compadd only sorts are none
tell='compadd() {
	if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
	local -a hits; builtin compadd -A hits "$@"
	(( ! $#hits )) || print -r -- "<hit>${(j: :)hits}</hit>"
	builtin compadd "$@"
}'
inside "PS1=; unset zle_bracketed_paste; stty -echo; TERM=dumb; fpath=(${(q)1} \$fpath)"
inside 'autoload -Uz compinit && compinit -D -u'
inside "$tell"
inside 'begin_marked() { print "<line>" }; end_marked() { print "</line>"; }'
inside 'compprefuncs=(begin_marked) comppostfuncs=(end_marked); zle -C mark complete-word mark_it'
inside 'mark_it() { compprefuncs=(begin_marked) comppostfuncs=(end_marked); _main_complete; compstate[insert]=""; compstate[list]="" }'
inside "bindkey '^I' mark; setopt nobeep; print '<rea''dy>'"
zpty -r inner output '*<ready>*' || exit

while IFS= read -r line; do
	zpty -n -w inner "$line"$'\t'
	zpty -r inner output '*</line>*' || exit
	hits=()
	for told in ${(f)${output//$'\r'}}; do
		[[ $told != *'<hit>'*'</hit>'* ]] || hits+=(${${told##*<hit>}%%</hit>*})
	done
	print -r -- "$line: $hits"
	# Ctrl-U: another line
	zpty -n -w inner $'\x15'
done
