# Prints data sets of spData with their neighbours and what spdep makes of them,
# one thing a line: a word, then numbers. The Go tests compute the same anew.
suppressMessages({library(spdep); library(spData)})

say <- function(word, ...) cat(word, formatC(unlist(list(...)), digits = 17, format = "g"), "\n")
neighbours <- function(nb) for (i in seq_along(nb)) say("links", if (nb[[i]][1] == 0) NULL else nb[[i]] - 1)
both <- function(test) c(test$estimate, test$statistic)

figures <- function(x, nb) {
    say("values", x)
    neighbours(nb)
    w <- nb2listw(nb, style = "W", zero.policy = TRUE)
    b <- nb2listw(nb, style = "B", zero.policy = TRUE)
    self <- nb2listw(include.self(nb), style = "B", zero.policy = TRUE)
    for (s in list(list("W", w), list("B", b))) {
        say(paste0("moran.random.", s[[1]]), both(moran.test(x, s[[2]], zero.policy = TRUE)))
        say(paste0("moran.normal.", s[[1]]), both(moran.test(x, s[[2]], randomisation = FALSE, zero.policy = TRUE)))
        say(paste0("geary.random.", s[[1]]), both(geary.test(x, s[[2]], zero.policy = TRUE)))
        say(paste0("geary.normal.", s[[1]]), both(geary.test(x, s[[2]], randomisation = FALSE, zero.policy = TRUE)))
        l <- localmoran(x, s[[2]], zero.policy = TRUE)
        say(paste0("localmoran.value.", s[[1]]), l[, 1])
        say(paste0("localmoran.z.", s[[1]]), l[, 4])
        say(paste0("gi.", s[[1]]), localG(x, s[[2]], zero.policy = TRUE))
    }
    if (all(x >= 0)) say("getisord", both(globalG.test(x, b, zero.policy = TRUE)))
    say("gistar", localG(x, self, zero.policy = TRUE))
}

data(oldcol)
cat("case columbus\n")
figures(COL.OLD$CRIME, COL.nb)
say("fdr.in", localmoran(COL.OLD$CRIME, nb2listw(COL.nb))[, 5])
say("fdr", p.adjust(localmoran(COL.OLD$CRIME, nb2listw(COL.nb))[, 5], "fdr"))

data(getisord)
xy <- as.matrix(go_xyz[, c("x", "y")])
for (band in c(30, 60, 90, 120, 150)) {
    cat("case getisord", band, "\n")
    say("x", xy[, 1]); say("y", xy[, 2]); say("band", band)
    figures(go_xyz$val, dnearneigh(xy, 0, band))
}

cat("case nearest\n")
set.seed(7)
xy <- cbind(runif(60), runif(60))
say("x", xy[, 1]); say("y", xy[, 2]); say("k", 4)
figures(rnorm(60), knn2nb(knearneigh(xy, 4)))

nc <- st_read(system.file("shapes/sids.shp", package = "spData")[1], quiet = TRUE)
for (queen in c(TRUE, FALSE)) {
    cat(if (queen) "case queen\n" else "case rook\n")
    for (wkt in st_as_text(st_geometry(nc), digits = 17)) cat("wkt", wkt, "\n")
    say("events", nc$SID74); say("base", nc$BIR74)
    nb <- poly2nb(nc, queen = queen)
    say("eb", EBest(nc$SID74, nc$BIR74)$estmm)
    say("eblocal", EBlocal(nc$SID74, nc$BIR74, nb, zero.policy = TRUE, geoda = TRUE)$est)
    figures(1000 * nc$SID74 / nc$BIR74, nb)
}

# Units without neighbours: the global figures are those of the other units.
cat("case islands\n")
nb <- COL.nb
for (i in c(1, 30)) { for (j in nb[[i]]) nb[[j]] <- setdiff(nb[[j]], i); nb[[i]] <- 0L }
nb <- lapply(nb, function(v) if (length(v) == 0) 0L else as.integer(v))
class(nb) <- "nb"
x <- COL.OLD$CRIME
linked <- card(nb) > 0
rest <- subset(nb, linked)
say("values", x)
neighbours(nb)
for (style in c("W", "B")) {
    w <- nb2listw(rest, style = style)
    say(paste0("moran.random.", style), both(moran.test(x[linked], w)))
    say(paste0("moran.normal.", style), both(moran.test(x[linked], w, randomisation = FALSE)))
    say(paste0("geary.random.", style), both(geary.test(x[linked], w)))
    say(paste0("geary.normal.", style), both(geary.test(x[linked], w, randomisation = FALSE)))
    w <- nb2listw(nb, style = style, zero.policy = TRUE)
    l <- localmoran(x, w, zero.policy = TRUE)
    say(paste0("localmoran.value.", style), l[, 1])
    say(paste0("localmoran.z.", style), l[, 4])
    say(paste0("gi.", style), localG(x, w, zero.policy = TRUE))
}
say("getisord", both(globalG.test(x[linked], nb2listw(rest, style = "B"))))
say("gistar", localG(x, nb2listw(include.self(nb), style = "B", zero.policy = TRUE), zero.policy = TRUE))
