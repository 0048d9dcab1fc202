"""Statistical process control: charts of one hospital over time, and the rules that tell signals from noise."""

from riskstats.spc._series import Series
from riskstats.spc.attributes import c_chart, p_chart, p_prime_chart, u_chart, u_prime_chart
from riskstats.spc.individuals import i_prime_chart, mr_chart, xmr_chart
from riskstats.spc.nhs import Assurance, NhsChart, PointType, Variation, nhs_mdc
from riskstats.spc.rare import g_chart, t_chart
from riskstats.spc.rules import nelson, western_electric
from riskstats.spc.run import Anhoej, anhoej, run_chart
from riskstats.spc.subgroups import s_chart, xbar_chart


__all__ = [
    "Anhoej",
    "Assurance",
    "NhsChart",
    "PointType",
    "Series",
    "Variation",
    "anhoej",
    "c_chart",
    "g_chart",
    "i_prime_chart",
    "mr_chart",
    "nelson",
    "nhs_mdc",
    "p_chart",
    "p_prime_chart",
    "run_chart",
    "s_chart",
    "t_chart",
    "u_chart",
    "u_prime_chart",
    "western_electric",
    "xbar_chart",
    "xmr_chart",
]
