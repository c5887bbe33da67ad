"""Pairs of judgements that we wrote: of two that say the same, the opposite, or something else.

The bars of `agent/update/matching.py` were set on other pairs; these were only tried on them.
"""

SAME = (
    (
        "The cyberattack was meant to extort money, not to stop the port.",
        "Extortion, and not disruption of the port, was the aim of the attack.",
    ),
    (
        "Criminals with a financial motive carried out the intrusion.",
        "The intrusion was the work of criminals who wanted money.",
    ),
    (
        "Shipping lines move their cargo to Harle until the terminal works again.",
        "Until the terminal is running, shipping lines send cargo through Harle.",
    ),
    (
        "The president dissolves parliament before the vote of confidence.",
        "Before the confidence vote takes place, parliament is dissolved by the president.",
    ),
    (
        "Farmers block the highways again if the levy stays.",
        "If the levy is kept, farmers return to blocking the highways.",
    ),
    (
        "The two armies avoid open war and go on with artillery duels.",
        "Artillery exchanges continue, but the two armies stay short of open war.",
    ),
    (
        "The group behind the bombing plans a second attack on a market.",
        "A second market attack is being planned by the group that did the bombing.",
    ),
    (
        "The government delays the release of the inspection report.",
        "Publication of the inspection report is put off by the government.",
    ),
    (
        "Insurers refuse to pay for the damage to the harbour.",
        "The harbour's insurers will not pay for the damage.",
    ),
    (
        "The sanctions push the two banks out of the dollar market.",
        "Because of the sanctions the two banks lose access to dollars.",
    ),
    (
        "Aid groups run out of clean water within days.",
        "Within days there is no clean water left for the aid groups.",
    ),
    (
        "The minister resigns over the toll.",
        "The toll forces the minister out of office.",
    ),
)
TURNED = (
    (
        "Farmers block the highways again if the levy stays.",
        "Farmers will not block the highways even if the levy stays.",
    ),
    (
        "The president dissolves parliament before the vote of confidence.",
        "The president keeps parliament until after the vote of confidence.",
    ),
    (
        "Criminals with a financial motive carried out the intrusion.",
        "A foreign intelligence service carried out the intrusion.",
    ),
    (
        "The terminal works again within three days.",
        "The terminal works again within three weeks.",
    ),
    (
        "Insurers refuse to pay for the damage to the harbour.",
        "Insurers pay for most of the damage to the harbour.",
    ),
    (
        "The minister resigns over the toll.",
        "The minister stays in office despite the toll.",
    ),
    (
        "Oil exports fall by a tenth this year.",
        "Oil exports rise by a tenth this year.",
    ),
    (
        "Two regiments take part in the exercise at the border.",
        "Five regiments take part in the exercise at the border.",
    ),
)
OTHER = (
    (
        "The cyberattack was meant to extort money, not to stop the port.",
        "Staff of the port opened a forged invoice.",
    ),
    (
        "Criminals with a financial motive carried out the intrusion.",
        "The port concealed the intrusion for two weeks.",
    ),
    (
        "Shipping lines move their cargo to Harle until the terminal works again.",
        "Shipping lines demand damages from the port authority.",
    ),
    (
        "The president dissolves parliament before the vote of confidence.",
        "The opposition splits over a common candidate.",
    ),
    (
        "Farmers block the highways again if the levy stays.",
        "The levy brings the state less money than planned.",
    ),
    (
        "The two armies avoid open war and go on with artillery duels.",
        "Families near the border leave for the capital.",
    ),
    (
        "The group behind the bombing plans a second attack on a market.",
        "The bombing turns the city against the group.",
    ),
    (
        "The government delays the release of the inspection report.",
        "The inspection report contains false measurements.",
    ),
    (
        "Insurers refuse to pay for the damage to the harbour.",
        "The harbour stays closed to tankers for months.",
    ),
    (
        "The sanctions push the two banks out of the dollar market.",
        "Customers of the two banks withdraw their deposits.",
    ),
    (
        "Aid groups run out of clean water within days.",
        "Aid groups accuse the army of holding back trucks.",
    ),
    (
        "The minister resigns over the toll.",
        "The minister publishes the list of names.",
    ),
    (
        "The terminal works again within three days.",
        "The attackers return to the terminal network within weeks.",
    ),
    (
        "Oil exports fall by a tenth this year.",
        "Oil workers strike for higher pay this year.",
    ),
)
