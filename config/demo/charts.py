"""Training material of the demo: two modules, three invented records, their right answers and the reasons. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass

from measures.definition.answers import JsonAnswer


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A record, and what a good abstractor makes of it."""

    title: str
    text: str
    answers: Mapping[str, JsonAnswer]
    missing: Mapping[str, str]
    why: Mapping[str, str]


MODULES = (
    (
        "What goes where: sources and their order",
        """Take each answer from the source that the data dictionary names, not from the one nearest to hand. The anaesthetic record comes before the surgeon's note for times, ASA class and blood loss; the nursing record helps where the anaesthetic record is silent.

Never work an answer out. If the anaesthetist wrote II and the diagnoses look like III, the answer is II.

When two entries disagree, read the scenarios beside the question. If none fits, ask the coordinating centre from the field: the answer becomes a scenario for everybody.""",
    ),
    (
        "Missing is not No",
        """There are four ways in which a value can be absent, and each means something else.

Unknown: you looked, the source says that nobody knows. A patient who could not be reached on day 30 has an unknown infection, not none.

Not documented: you looked where it should be, and it is not written there.

Not applicable: the question makes no sense for this patient, such as a haematocrit that nobody needed to take.

Not answered: you have not looked yet. The case cannot be completed like this.

A programme had to withdraw results of three years because absent values had been turned into No. Answer No only if you looked and know.""",
    ),
)
PRACTICE = Chart(
    title="Perforation in the night",
    text="""Emergency department, 2 May 2026, 19:40. Man of 81 years with diffuse abdominal pain since the morning. Known heart failure, decompensated two weeks ago; diabetes treated with insulin. Needs help with washing and dressing. Height not measured, weight on the bed scale 70 kg. Smoking history cannot be obtained. Haematocrit 31 %. Piperacillin-tazobactam started at 20:30 for peritonitis.

Anaesthetic record. Entered the room 2 May 23:50, incision 3 May 00:15, closure 02:35. ASA IV E. Blood loss 600 mL. No further antibiotic. First temperature in intensive care, four minutes after arrival: 35.4 °C. Paracetamol in theatre, then fentanyl infusion.

Operation note. Emergency midline laparotomy, perforated sigmoid diverticulitis with pus in all quadrants, Hartmann's procedure.

Ward. Compression stockings only; no heparin, "platelets 38, bleeding from the drain". Septic shock from admission to intensive care. Cardiac arrest on 7 May, resuscitation unsuccessful, died in this hospital on 7 May. Wound clean and dry throughout.""",
    answers={
        "procedure": "1", "admission_date": "2026-05-02", "age": 81, "sex": "2", "weight_kg": 70, "asa_class": "4",
        "functional_status": "2", "diabetes": "2", "comorbidities": ["1"], "haematocrit": 31,
        "operation_date": "2026-05-03", "urgency": "3", "approach": "1", "incision_time": "00:15", "duration_min": 140,
        "wound_class": "4", "blood_loss_ml": 600, "on_antibiotics": True, "antibiotic_given": False,
        "vte_prophylaxis": "2", "vte_contraindicated": True, "pain_modalities": ["1"], "recovery_temperature_c": 35.4,
        "discharge_date": "2026-05-07", "discharged_to": "3", "follow_up_complete": True, "died": True, "ssi": "0",
        "complications": ["2", "6"],
    },
    missing={"height_cm": "not_documented", "smoker": "unknown"},
    why={
        "operation_date": "The day of incision: entered the room at 23:50, incision at 00:15.",
        "height_cm": "Looked for and not written anywhere: not documented.",
        "smoker": "The record says that nobody could find out: unknown, not No.",
        "asa_class": '"IV E" is class 4; the E goes under Urgency.',
        "on_antibiotics": "Treatment for peritonitis was running, so prophylaxis was not needed.",
        "antibiotic_given": "Nothing was given to prevent infection of this wound.",
        "wound_class": "Perforated diverticulitis with pus is class IV.",
        "vte_contraindicated": "Low platelets and bleeding were written as the reason.",
        "discharge_date": "The day the patient left, alive or dead.",
    },
)  # fmt: skip
EXAM = (
    Chart(
        title="Converted right colectomy",
        text="""Admitted 9 March 2026 for elective laparoscopic right colectomy for adenocarcinoma of the caecum. Woman, 68 years, 165 cm, 74 kg. Diabetes treated with metformin. Chronic obstructive lung disease with inhaler. Stopped smoking fourteen months ago. Lives alone and needs no help. Haematocrit 38.5 % on 2 March.

Anaesthetic record, 9 March. Cefazolin and metronidazole infusion begun 07:48. Incision 08:12, skin closed 11:00. ASA III (the surgeon's note says II). Epidural catheter, paracetamol. Estimated blood loss 150 mL. Enoxaparin 40 mg at 20:00. First temperature in recovery after six minutes 36.2 °C.

Operation note. Begun laparoscopically; dense adhesions, finished through a midline incision of 18 cm. Right hemicolectomy with anastomosis, no spillage.

Discharged home with nursing on 15 March, 12 tablets of oxycodone, her first. Letter of the family doctor: wound opened on 21 March for a teaspoon of pus under the skin, no culture, healed by 8 April. Telephone call on 10 April: well, not in any hospital since.""",
        answers={
            "procedure": "1", "admission_date": "2026-03-09", "age": 68, "sex": "1", "height_cm": 165, "weight_kg": 74,
            "asa_class": "3", "functional_status": "1", "smoker": False, "diabetes": "1", "comorbidities": ["2"],
            "haematocrit": 38.5, "operation_date": "2026-03-09", "urgency": "1", "approach": "4",
            "incision_time": "08:12", "duration_min": 168, "wound_class": "2", "blood_loss_ml": 150,
            "on_antibiotics": False, "antibiotic_given": True, "antibiotic_time": "07:48", "vte_prophylaxis": "1",
            "pain_modalities": ["1", "4"], "recovery_temperature_c": 36.2, "discharge_date": "2026-03-15",
            "discharged_to": "1", "opioid_tablets": 12, "follow_up_complete": True, "died": False, "ssi": "1",
            "ssi_date": "2026-03-21", "complications": ["0"], "readmitted": False,
        },
        missing={},
        why={
            "asa_class": "The anaesthetist's class counts, not the surgeon's.",
            "smoker": "Stopped more than twelve months before admission: No.",
            "approach": "Begun laparoscopically, finished through a larger incision than the specimen needs.",
            "wound_class": "An elective colectomy without spillage is II.",
            "ssi": "Pus under the skin, wound opened, no culture: superficial.",
            "discharged_to": "Home counts with nursing.",
        },
    ),
    Chart(
        title="Day case that could not be reached",
        text="""Day surgery, 14 April 2026. Man, 45 years, 180 cm, 82 kg. Right inguinal hernia. Healthy but for hypertension with one drug; smokes ten cigarettes a day. No blood taken. Independent.

Anaesthetic record. ASA II. Incision 10:05, closure 10:57. No antibiotic. Blood loss minimal. Compression stockings; no heparin. Paracetamol and ketorolac in theatre, bupivacaine into the wound. No temperature is written in the recovery record.

Operation note. Laparoscopic repair with mesh, clean.

Home at 16:00 with paracetamol and ibuprofen, no opioids. Telephone call on 5 May (day 21): well, wound dry. Calls on 15, 18 and 20 May unanswered; letter unanswered. Nothing later in any record.""",
        answers={
            "procedure": "3", "admission_date": "2026-04-14", "age": 45, "sex": "2", "height_cm": 180, "weight_kg": 82,
            "asa_class": "2", "functional_status": "1", "smoker": True, "diabetes": "0", "comorbidities": ["0"],
            "operation_date": "2026-04-14", "urgency": "1", "approach": "2", "incision_time": "10:05",
            "duration_min": 52, "wound_class": "1", "blood_loss_ml": 25, "on_antibiotics": False,
            "antibiotic_given": False, "vte_prophylaxis": "2", "vte_contraindicated": False,
            "pain_modalities": ["1", "2", "5"], "discharge_date": "2026-04-14", "discharged_to": "1",
            "opioid_tablets": 0, "follow_up_complete": False,
        },
        missing={
            "haematocrit": "not_applicable", "recovery_temperature_c": "not_documented", "died": "unknown",
            "ssi": "unknown", "complications": "unknown", "readmitted": "unknown",
        },
        why={
            "haematocrit": "No blood was taken before an inguinal hernia repair: not applicable.",
            "recovery_temperature_c": "It should be in the recovery record and is not: not documented.",
            "follow_up_complete": "Last known well on day 21; day 30 was not reached.",
            "ssi": "Nobody knows how the wound was on day 30: unknown, not none.",
            "blood_loss_ml": "Minimal is 0 to 50; enter 25.",
        },
    ),
)  # fmt: skip
