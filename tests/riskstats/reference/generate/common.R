# Writes reference values as lines "quantity,index,value"; sourced by the other scripts, which are run as
#   Rscript intervals.R > ../intervals.csv
quantities <- function(script, packages = character()) {
  cat(sprintf("# DO NOT EDIT. Written by generate/%s with %s", script, R.version.string))
  for (package in packages) cat(sprintf(", %s %s", package, packageVersion(package)))
  cat("\nquantity,index,value\n")
}
put <- function(quantity, values) {
  values <- as.numeric(values)
  short <- sprintf("%.15g", values)
  digits <- ifelse(as.numeric(short) == values, short, sprintf("%.17g", values))
  cat(sprintf("%s,%d,%s\n", quantity, seq_along(values) - 1, digits), sep = "")
}
