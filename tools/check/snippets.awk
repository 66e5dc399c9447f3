# Compares the snippets of Markdown files with the examples they are cut from.

function complain(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; failed = 1 }

function cut(file, name,   line, text, inside, found, indent) {
  while ((getline line < file) > 0) {
    if (index(line, "// [/" name "]")) inside = 0
    if (inside) {
      if (substr(line, 1, indent) ~ /^ *$/) line = substr(line, indent + 1)
      text = text line "\n"
    }
    if (index(line, "// [" name "]")) { inside = found = 1; indent = index(line, "/") - 1 }
  }
  close(file)
  if (!found) complain("no snippet " name " in " file)
  return text
}

FNR == 1 { wanted = ""; waiting = inside = 0 }
/^<!-- snippet: / { wanted = cut($3, $4); source = $3; waiting = 1; next }
waiting && /^```/ { waiting = 0; inside = 1; shown = ""; next }
inside && /^```/ {
  inside = 0
  if (shown != wanted) complain("the snippet differs from " source)
  next
}
inside { shown = shown $0 "\n" }
END { exit failed }
