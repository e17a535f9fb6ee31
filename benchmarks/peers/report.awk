# Reads figures.txt, then samples of "contest metric round contestant value", and writes the tables.

FILENAME == figures {
  if (/^#/ || !NF) next
  split($0, field, "|")
  if (field[3] == "") { title[field[1]] = field[2]; contests[++contest_count] = field[1]; next }
  key = field[1] SUBSEP field[2]
  metrics[field[1], ++metric_count[field[1]]] = field[2]
  label[key] = field[3]; better[key] = field[4]; figure[key] = field[5]; wanted[key] = field[6]
  next
}

{
  key = $1 SUBSEP $2 SUBSEP $4
  values[key, ++count[key]] = $5
  if (!(($1, $4) in seen)) { seen[$1, $4] = 1; entries[$1, ++entry_count[$1]] = $4 }
}

# An insertion sort: there are as many values as rounds.
function sort_values(key,    i, j, value) {
  for (i = 2; i <= count[key]; i++) {
    value = values[key, i]
    for (j = i - 1; j >= 1 && values[key, j] + 0 > value + 0; j--) values[key, j + 1] = values[key, j]
    values[key, j + 1] = value
  }
}

function median(key,    n) {
  n = count[key]
  if (n == 0) return ""
  sort_values(key)
  return n % 2 ? values[key, (n + 1) / 2] : (values[key, n / 2] + values[key, n / 2 + 1]) / 2
}

function sum(key,    i, total) {
  for (i = 1; i <= count[key]; i++) total += values[key, i]
  return total + 0
}

function readable(value) {
  return value >= 1000 ? sprintf("%d", value) : value >= 10 ? sprintf("%.1f", value) : sprintf("%.3f", value)
}

function is_peer(name) { return name == "haproxy" || name == "nginx" || name == "plain" }

# The better peer's median; its name in best_name.
function best_peer(contest, metric,    i, name, value, best) {
  best = ""; best_name = ""
  for (i = 1; i <= entry_count[contest]; i++) {
    name = entries[contest, i]
    if (!is_peer(name)) continue
    value = median(contest SUBSEP metric SUBSEP name)
    if (value == "") continue
    if (best == "" || (better[contest, metric] == "more" ? value + 0 > best + 0 : value + 0 < best + 0)) { best = value; best_name = name }
  }
  return best
}

function cell(contest, metric, name,    key, middle) {
  key = contest SUBSEP metric SUBSEP name
  middle = median(key)
  return middle == "" ? "–" : readable(middle) " (" readable(values[key, 1]) " to " readable(values[key, count[key]]) ")"
}

function results_table(contest,    i, m, metric, line) {
  order_entries(contest)
  line = "|"
  for (i = 1; i <= entry_count[contest]; i++) line = line " | " entries[contest, i]
  print line " |"
  line = "|---|"
  for (i = 1; i <= entry_count[contest]; i++) line = line "--:|"
  print line
  for (m = 1; m <= metric_count[contest]; m++) {
    metric = metrics[contest, m]
    line = "| " label[contest, metric]
    for (i = 1; i <= entry_count[contest]; i++) line = line " | " cell(contest, metric, entries[contest, i])
    print line " |"
  }
  line = "| " (contest == "udp" || contest == "flows" ? "lost" : "errors") ", all rounds"
  for (i = 1; i <= entry_count[contest]; i++) line = line " | " sum(contest SUBSEP "errors" SUBSEP entries[contest, i])
  print line " |"
}

# Peers first, L4Proxy's after them, whatever the order of the first round was.
function order_entries(contest,    i, n, known, names) {
  n = split("haproxy haproxy-spliced nginx plain managed linux native", names, " ")
  known = 0
  for (i = 1; i <= n; i++) if ((contest, names[i]) in seen) entries[contest, ++known] = names[i]
  entry_count[contest] = known
}

function verdict(contest, metric, name,    value, best, bound, is_ratio, shown, good) {
  value = median(contest SUBSEP metric SUBSEP name)
  best = best_peer(contest, metric)
  bound = figure[contest, metric]
  is_ratio = sub(/^× /, "", bound)
  if (value == "" || (is_ratio && !(best > 0))) return "–"
  shown = best > 0 ? sprintf("%.2f ×", value / best) : readable(value)
  if (bound == "") return shown
  if (is_ratio) value = value / best
  else shown = readable(value) " (" shown ")"
  good = better[contest, metric] == "more" ? value >= bound + 0 : value <= bound + 0
  if (good && sum(contest SUBSEP "errors" SUBSEP name) > 0) return shown " **short: errors**"
  return shown (good ? " pass" : " **short**")
}

function verdicts(    c, m, contest, metric, printed) {
  print "| work | wanted | best peer | linux | managed |"
  print "|---|---|---|---|---|"
  for (c = 1; c <= contest_count; c++) {
    contest = contests[c]
    if (!entry_count[contest]) continue
    for (m = 1; m <= metric_count[contest]; m++) {
      metric = metrics[contest, m]
      if (better[contest, metric] == "") continue
      best_peer(contest, metric)
      printf "| %s: %s | %s | %s | %s | %s |\n", contest, label[contest, metric],
        wanted[contest, metric] == "" ? "no figure" : wanted[contest, metric], best_name,
        verdict(contest, metric, "linux"), verdict(contest, metric, "managed")
    }
  }
}

END {
  print "## Against the figures\n"
  print "Ratios of medians to the better peer. A contest with an error passes nothing. haproxy-spliced, which is told to splice"
  print "everything, is shown in the tables of bulk transfers and not counted: as a setting for all work it costs small requests.\n"
  verdicts()
  for (c = 1; c <= contest_count; c++) {
    if (!entry_count[contests[c]]) continue
    print "\n## " contests[c] ": " title[contests[c]] "\n"
    results_table(contests[c])
  }
}
