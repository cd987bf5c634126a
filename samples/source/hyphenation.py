"""Where long words of the samples may be broken at a line end."""

from itertools import pairwise

_WORDS = """
ac-cord-ing ac-cu-mu-lated agree-ment al-ready an-other be-cause be-fore be-gin-ning be-tween
bound-a-ries cal-i-brat-ed cal-i-bra-tion cer-tain-ty co-ef-fi-cient com-pare com-pared com-par-i-son
con-clu-sions con-duc-tiv-i-ty con-sec-u-tive cor-rect-ed dec-ades de-gree de-pends dif-fer-ence
dif-fer-ent dis-cus-sion ear-lier es-ti-mate ex-am-ple ex-cept ex-plained fer-ry-man
fer-ry-men freez-es freez-ing hun-dred-weight in-de-pend-ent in-stead in-stru-ment in-stru-ments
in-ter-rupt-ed in-ter-vals mea-sure mea-sured mea-sure-ment mea-sure-ments mil-li-me-tres mod-el morn-ing
north-ern no-vem-ber num-bers ob-ser-va-tion ob-ser-va-tions ob-ser-va-to-ry ob-served ob-serv-er
ob-serv-ers open-ing or-di-nary par-ish pho-to-graph pho-to-graphs prob-a-bly pub-lished read-ings
rec-og-nise reg-is-ters re-mains re-mem-ber re-port re-turned sep-a-rate-ly shel-tered short-est
sim-plic-i-ty snow-fall some-body some-times south-ern sta-tion sta-tions straight-for-ward sum-mer
sur-face tem-per-a-ture tem-per-a-tures there-fore ther-mis-tor ther-mom-e-ter thick-ness to-geth-er
un-cer-tain-ty un-der-neath wa-ter weath-er wheth-er win-ter win-ters with-out
any-thing cen-ti-me-tre cen-ti-me-tres cam-era com-put-ed cov-ered ev-ery-body ki-lo-me-tres
pho-to-graph-ed re-peat-ed sev-er-al weak-ness-es es-ti-mates with-in
ac-count al-low-ance com-mit-tee con-trib-u-tion en-closed gar-den-ers in-sur-ance mem-bers mem-ber-ship
min-utes pro-posed re-ceived re-paired sec-re-tary so-ci-ety trea-sur-er
"""

BREAKS = {word.replace("-", ""): tuple(word.split("-")) for word in _WORDS.split()}


def syllables(word: str) -> list[str]:
    """The parts of a word between which a line may end, its punctuation left where it is."""
    core = word.strip(".,;:()“”‘’?")
    parts = BREAKS.get(core.lower())
    if parts is None:
        return [word]
    start = word.index(core)
    ends = [start]
    for part in parts:
        ends.append(ends[-1] + len(part))
    cuts = [0, *ends[1:-1], len(word)]
    return [word[a:b] for a, b in pairwise(cuts)]
