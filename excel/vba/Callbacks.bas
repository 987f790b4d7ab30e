Attribute VB_Name = "Callbacks"
Option Explicit
' Generated from the declared buttons (workbench/app/interface.py).

Public Sub Press_unlock(control As IRibbonControl)
    Press "unlock"
End Sub

Public Sub Press_lock(control As IRibbonControl)
    Press "lock"
End Sub

Public Sub Press_due_today(control As IRibbonControl)
    Press "due_today"
End Sub

Public Sub Press_why(control As IRibbonControl)
    Press "why"
End Sub

Public Sub Press_find_customer(control As IRibbonControl)
    Press "find_customer"
End Sub

Public Sub Press_statement(control As IRibbonControl)
    Press "statement"
End Sub

Public Sub Press_check(control As IRibbonControl)
    Press "check"
End Sub

Public Sub Press_next_error(control As IRibbonControl)
    Press "next_error"
End Sub

Public Sub Press_clear_marks(control As IRibbonControl)
    Press "clear_marks"
End Sub

Public Sub Press_fix_preview(control As IRibbonControl)
    Press "fix_preview"
End Sub

Public Sub Press_fix_apply(control As IRibbonControl)
    Press "fix_apply"
End Sub

Public Sub Press_fix_undo(control As IRibbonControl)
    Press "fix_undo"
End Sub

Public Sub Press_import(control As IRibbonControl)
    Press "import"
End Sub

Public Sub Press_import_folder(control As IRibbonControl)
    Press "import_folder"
End Sub

Public Sub Press_receipt(control As IRibbonControl)
    Press "receipt"
End Sub

Public Sub Press_statuses(control As IRibbonControl)
    Press "statuses"
End Sub

Public Sub Press_review(control As IRibbonControl)
    Press "review"
End Sub

Public Sub Press_dispatch(control As IRibbonControl)
    Press "dispatch"
End Sub

Public Sub Press_publish(control As IRibbonControl)
    Press "publish"
End Sub

Public Sub Press_targets(control As IRibbonControl)
    Press "targets"
End Sub

Public Sub Press_roll_targets(control As IRibbonControl)
    Press "roll_targets"
End Sub

Public Sub Press_conversion(control As IRibbonControl)
    Press "conversion"
End Sub

Public Sub Press_settlement(control As IRibbonControl)
    Press "settlement"
End Sub

Public Sub Press_weekly(control As IRibbonControl)
    Press "weekly"
End Sub

Public Sub Press_grading(control As IRibbonControl)
    Press "grading"
End Sub

Public Sub Press_inspection(control As IRibbonControl)
    Press "inspection"
End Sub

Public Sub Press_customer_card(control As IRibbonControl)
    Press "customer_card"
End Sub

Public Sub Press_whatif(control As IRibbonControl)
    Press "whatif"
End Sub

Public Sub Press_doctor(control As IRibbonControl)
    Press "doctor"
End Sub

Public Sub Press_help(control As IRibbonControl)
    Press "help"
End Sub
